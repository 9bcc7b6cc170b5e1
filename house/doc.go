// Package house holds the tests about the repository itself: that every package says what it is for, that the documents
// lead somewhere, and that the files no compiler reads (docker-compose.yml, the Dockerfile, the Makefile) say only what
// holds.
package house
