// Package integration holds the tests of the whole system: the product's own program in its roles, a real PostgreSQL, a
// real Temporal server and simulated institutions, over real HTTP, some of them killed at the worst moment.
package integration
