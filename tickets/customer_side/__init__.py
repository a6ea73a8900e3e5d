"""What customers see and do without a login: the form, the secure page, notices."""
