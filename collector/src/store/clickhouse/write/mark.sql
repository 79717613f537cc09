INSERT INTO erased (site, mark, at)
FORMAT RowBinary
