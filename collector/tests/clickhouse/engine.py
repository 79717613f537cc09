"""Runs SQL on chdb, a ClickHouse of today in the process: reads one JSON object, prints one.

In:  {"statements": [...], "parse": [...], "asked": {...}, "data": a file in Native or null, "questions": {name: sql}}
Out: {"version": ..., "rows": {name: [a line of tab separated values, ...]}}
"""

import json
import sys

import chdb
from chdb import session


def main():
    given = json.load(sys.stdin)
    server = session.Session()
    for statement in given["statements"]:
        server.query(statement)
    server.query("USE unspoken")
    if given["data"]:
        server.query(f"INSERT INTO batches SELECT * FROM file('{given['data']}', 'Native')")
    # What goes along with a query over HTTP.
    server.query(
        "CREATE TABLE asked (site String, from_at UInt64, to_at UInt64, text Array(String)) ENGINE = Memory"
    )
    server.query(
        "CREATE TABLE arriving (site String, far UInt8, day UInt32, visitor FixedString(16), "
        "session FixedString(16), id FixedString(16), mark FixedString(32)) ENGINE = Memory"
    )
    server.query("CREATE TABLE parse (text String) ENGINE = Memory")
    server.query("INSERT INTO asked FORMAT JSONEachRow " + json.dumps(given["asked"]))
    server.query(
        "INSERT INTO arriving SELECT site, far, day, visitor, session, id, unhex(repeat('00', 32)) FROM batches"
    )
    for text in given["parse"]:
        server.query("INSERT INTO parse FORMAT JSONEachRow " + json.dumps({"text": text}))
    server.query("SELECT formatQuery(text) FROM parse")
    rows = {}
    for name, sql in given["questions"].items():
        answer = str(server.query(sql, "TabSeparated"))
        rows[name] = [line for line in answer.split("\n") if line]
    json.dump({"version": chdb.engine_version, "rows": rows}, sys.stdout)


main()
