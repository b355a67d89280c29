"""Questions to kept weights, and what each snapshot answers."""
