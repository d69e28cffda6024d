"""What the widgets share: HTML of answers and images, style sheets, buttons, message handling."""
