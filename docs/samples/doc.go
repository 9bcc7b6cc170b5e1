// Package samples holds receivers of callbacks for institutions, in Go, Python, Java and JavaScript, and the tests of them.
package samples
