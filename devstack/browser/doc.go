// Package browser tries the web application in a browser: on the real stack as `make run` brings it up, with the people of
// the demonstration. The tests themselves are in web/e2e; what stands here brings up what they look at.
package browser
