"""HTML in which every text is escaped unless it is marked as markup."""

from __future__ import annotations

from ipywidgets import HTML
from markupsafe import Markup, escape
from traitlets import validate


class SafeHTML(HTML):
    """An HTML widget that shows markup as markup and any other text as it is written.

    All widgets of this package show HTML through this class, and all templates are
    :class:`markupsafe.Markup`, which escapes whatever it is formatted with. So the name of a
    metric, of a layer or of a file, and the message of an exception, can never become part of the
    page.

    Examples
    --------
    >>> SafeHTML(Markup("<b>{}</b>").format("1 < 2")).value
    Markup('<b>1 &lt; 2</b>')
    >>> SafeHTML("<script>").value
    Markup('&lt;script&gt;')
    """

    @validate("value")
    def _escape(self, proposal: dict) -> Markup:
        return escape(proposal["value"])
