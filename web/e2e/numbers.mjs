// Identity numbers of nobody.
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

/** A number of an area that does not exist, with its check digit. */
export function numbered(n) {
  const digits = `990000${19900517 + (n % 10)}${String(n % 1000).padStart(3, '0')}`
  const sum = weights.reduce((sum, weight, k) => sum + weight * Number(digits[k]), 0)
  return digits + '10X98765432'[sum % 11]
}
