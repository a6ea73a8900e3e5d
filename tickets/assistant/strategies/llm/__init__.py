"""A language model behind any OpenAI-compatible endpoint: it picks an intent and articles, no words."""
