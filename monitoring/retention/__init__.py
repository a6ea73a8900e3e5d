"""The nightly cleanup: what each app registered with `config.retention`, in small steps."""
