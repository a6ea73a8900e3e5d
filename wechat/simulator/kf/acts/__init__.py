"""What customers and servicers do: `POST /sandbox/api/kf`."""
