import { Box } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import classes from "./DataTable.module.css";

/** A column of a table. */
export interface Column<Row> {
  /** Heading; on a phone it stands beside the value. */
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** The first line of a card on a phone, without its heading. */
  readonly isMain?: boolean;
  readonly align?: "left" | "right";
  /** CSS width, such as `8rem`. */
  readonly width?: string;
  /** Left out on a phone. */
  readonly isExtra?: boolean;
}

/** A table that becomes a list of cards on a phone. Its rows stay rows to screen readers in both forms. */
export function DataTable<Row>({ label, columns, rows, rowKey, actions }: { /** What the table lists. */ readonly label: string; readonly columns: readonly Column<Row>[]; readonly rows: readonly Row[]; readonly rowKey: (row: Row) => string; /** Buttons at the end of each row. */ readonly actions?: (row: Row) => ReactNode }): ReactElement {
  return (
    <Box className={`lk-card ${classes["frame"] ?? ""}`}>
      <table className={classes["table"]} role="table" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ title, align, width }) => (
              <th key={title} role="columnheader" scope="col" style={{ ...(align !== undefined && { textAlign: align }), ...(width !== undefined && { width }) }}>
                {title}
              </th>
            ))}
            {actions !== undefined && (
              <th role="columnheader" scope="col">
                <span className={classes["hidden"]}>Actions</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row">
              {columns.map(({ title, cell, isMain, align, isExtra }) => (
                <td key={title} role="cell" data-title={title} data-main={isMain === true || undefined} data-extra={isExtra === true || undefined} style={align === undefined ? undefined : { textAlign: align }}>
                  {cell(row)}
                </td>
              ))}
              {actions !== undefined && (
                <td role="cell" data-actions>
                  {actions(row)}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Box>
  );
}
