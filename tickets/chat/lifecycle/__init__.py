"""A chat's way: ended, reopened, handed on, watched, timed, rated."""
