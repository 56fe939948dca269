"""What both frameworks' generated pages share: lists, record pages, forms, lookups and saving, from the metadata.

`views.registers` (Flask-AppBuilder) and `views.console` (Flask-Admin) route and authorize; the pages are drawn here,
so that nobody can tell which framework an entity lives in.
"""
