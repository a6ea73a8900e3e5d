"""Examples, training, evaluation, and which model is used."""
