"""What the database does for us beyond Django: locks, group commit, indexes made online."""
