"""The door: what stands between the network and the applications. No thread waits here for a visitor."""
