/** Which way an order goes. */
export type SortDirection = "asc" | "desc";
