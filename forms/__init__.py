"""What people may send: one module a page."""
