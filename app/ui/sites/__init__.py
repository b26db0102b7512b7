"""拠点: what is known of each site, and the devices of the municipality."""
