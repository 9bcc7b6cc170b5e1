/** Where a choice within a sheet unfolds: the sheet lies above everything else. */
export const within = (choice: HTMLElement) => choice.parentElement ?? document.body
