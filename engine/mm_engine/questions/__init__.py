"""Questions about a migration in the making, and the fold that their answers are."""
