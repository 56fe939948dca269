"""Workbooks in and out: files become plain tables whose cells know their address, and tables become files.

No Flask, no session, no database here.  Import the module that you need (see README.md): nothing is imported
on the way in, so that the command line starts fast.
"""
