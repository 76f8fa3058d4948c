"""What tests stand on: stand-in readers, displays, servers, small data."""
