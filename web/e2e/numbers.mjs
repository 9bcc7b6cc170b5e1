// Identity numbers of nobody.
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

/** A number of an area that does not exist, with its check digit: of two moments not the same. */
export function numbered(n) {
  const of = (n, length) => String(n % 10 ** length).padStart(length, '0')
  const digits = `99${of(Math.floor(n / 1000), 4)}${19900517 + (n % 10)}${of(n, 3)}`
  const sum = weights.reduce((sum, weight, k) => sum + weight * Number(digits[k]), 0)
  return digits + '10X98765432'[sum % 11]
}
