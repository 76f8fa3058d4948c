"""Teaching a profile: by the window that asks, or by a photographed page."""
