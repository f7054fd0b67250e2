// node read-parquet.mjs RUNS FILE: the rows that two readers of other people's find, as JSON: DuckDB from Node in the files that the pattern of
// docs/cli.md names, and hyparquet in one of them.
import { DuckDBInstance } from "@duckdb/node-api";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";

const [runs, table] = process.argv.slice(2);
const connection = await (await DuckDBInstance.create(":memory:")).connect();
const found = await connection.runAndReadAll(
  `SELECT * FROM read_parquet('${runs.replaceAll("'", "''")}/**/${table}.parquet', union_by_name = true, filename = true)`,
);
const duckdb = found.getRowObjectsJson();
const files = [...new Set(duckdb.map((row) => row.filename))];
const hyparquet = [];
for (const file of files) {
  for (const row of await parquetReadObjects({ file: await asyncBufferFromFile(file), compressors })) {
    hyparquet.push({ ...row, filename: file });
  }
}

const same = (a, b) =>
  a === b || (a == null && b == null) || (typeof a === "number" && typeof b === "number" && Math.abs(a - b) === 0) || String(a) === String(b);
const unequal = duckdb.flatMap((row, i) =>
  Object.keys(row).filter((key) => !same(row[key], hyparquet[i]?.[key])).map((key) => `row ${i}, ${key}: ${row[key]} / ${hyparquet[i]?.[key]}`),
);
console.log(JSON.stringify({ rows: duckdb.length, columns: Object.keys(duckdb[0] ?? {}), files: files.length, unequal }));
