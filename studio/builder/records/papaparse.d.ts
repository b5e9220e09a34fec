// The one function of Papa Parse that we use.
declare module 'papaparse' {
  interface Options {
    preview?: number; // rows, then it stops
    skipEmptyLines?: boolean;
    delimiter?: string;
  }
  const Papa: { parse<Row>(text: string, options: Options): { data: Row[] } };
  export default Papa;
}
