"""What the pages show, drawn from models and gate; views only fetch it and render."""
