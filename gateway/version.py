"""The version of 9rum, as the command, the logs and the image say it; pyproject.toml says the same (a test compares)."""

VERSION = "0.1.0"
