"""The staff pages of tickets."""
