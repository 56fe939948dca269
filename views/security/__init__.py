"""Who signs in, how long that holds, and what a browser may do with our pages."""
