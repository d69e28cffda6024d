"""What the widgets share: answers and pixels as HTML, style sheets, buttons, message handling."""
