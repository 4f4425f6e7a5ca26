"""What people decide: settings, catalogue, policy, bureaus, division codes. Imports nothing of ours."""
