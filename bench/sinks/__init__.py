"""Stand-ins for providers, as light as can be: what is measured is who sends."""
