"""Tools of the desk: canned replies, checklists, custom fields, saved views, search."""
