"""Who did what, through whichever door: Django's own history and those that the apps keep."""
