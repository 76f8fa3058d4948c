"""Pictures, videos, cameras and streams: in and out."""
