"""What is taught in the departments that are sown by a regulation."""

COURSE, CONTENT = "{label}实务", "按制度逐条讲解，分组演练，课后交一份小结。"
PLACE = "总部三楼培训室"
