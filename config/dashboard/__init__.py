"""The admin's first page: cards by work, each given by the app whose work it is."""
