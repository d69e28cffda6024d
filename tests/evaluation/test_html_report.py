def test_html_contains_the_metrics_and_a_table_of_the_digits(result):
    html = result._repr_html_()
    assert ">50.00%</div><div>accuracy, 95&nbsp;% interval 15.00% to 85.00%</div>" in html
    assert html.count("<tr>") == 11
    assert "3 (1&times;)" in html  # the 2 was read as 3
    assert "color" not in html  # so that it is readable on any page
