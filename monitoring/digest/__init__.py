"""The daily and weekly report: figures against the period before, by a template, with a picture."""
