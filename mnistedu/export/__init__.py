"""A trained network as a web page: one file that recognizes digits in any browser.

`graph` turns a Keras model into steps that the page can run, `packing` turns those into text, and
`page` puts everything into one file. The page's own parts are `page.html`, `page.css`, `ink.js`
(strokes to image), `network.js` (image to probabilities) and `page.js` (the user interface).
"""

from mnistedu.export.page import export_page

__all__ = ["export_page"]
