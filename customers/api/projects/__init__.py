"""Projects and the sales report."""
