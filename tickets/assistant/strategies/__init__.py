"""How intents are recognised: rules, a local model, a language model."""
