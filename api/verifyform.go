package api

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"github.com/dengpan/dengpan/verification"
)

const (
	mediaForm      = "application/x-www-form-urlencoded"
	mediaMultipart = "multipart/form-data"
	// mostForm is the largest form that is read, and the frame around a file.
	mostForm = 16 << 10
	// fileField is the field of the form that a file is sent in.
	fileField = "file"
)

// asksForPage reports whether an Accept header is a browser's that wants a page.
func asksForPage(accept string) bool { return strings.Contains(accept, "text/html") }

// readForm reads the form: what was typed, and what is wrong with it by field.
func readForm(c *gin.Context) (verification.Question, map[string]string, error) {
	if media, _, err := mime.ParseMediaType(c.GetHeader("Content-Type")); err != nil || media != mediaForm {
		return verification.Question{}, nil, problem(unsupportedMediaType)
	}
	raw, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, mostForm))
	if err != nil {
		return verification.Question{}, nil, cutOff(err)
	}
	q, faults := parseForm(string(raw))
	return q, faults, nil
}

// cutOff is why a body could not be read to its end.
func cutOff(err error) error {
	if _, long := errors.AsType[*http.MaxBytesError](err); long {
		return problem(payloadTooLarge)
	}
	return problem(requestTimeout) // the sender stopped in the middle of it
}

// parseForm reads what was typed. A field that is not there, or that no text can be read from, is at fault.
func parseForm(raw string) (verification.Question, map[string]string) {
	values, _ := url.ParseQuery(raw) // what can be read of it; the rest is missing
	faults := map[string]string{}
	field := func(name string, longest int) string {
		value := values.Get(name)
		switch {
		case !utf8.ValidString(value) || strings.ContainsRune(value, 0):
			faults[name] = fieldFormat
			return ""
		case strings.TrimSpace(value) == "":
			faults[name] = fieldRequired
		case utf8.RuneCountInString(value) > longest:
			faults[name] = fieldTooLong
		}
		return value
	}
	const longestName, longestNumber = 200, 64
	return verification.Question{
		Name: field("name", longestName), IDNumber: field("id_number", longestNumber),
		CertificateNumber: field("certificate_number", longestNumber),
	}, faults
}

// readFile reads the file of a form as it comes, into memory only; or says what is wrong with it.
func readFile(c *gin.Context) (content []byte, fault string, err error) {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, mostDocument+mostForm)
	parts, err := c.Request.MultipartReader()
	if err != nil {
		return nil, "", problem(unsupportedMediaType)
	}
	for {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return nil, fieldRequired, nil
		case err != nil:
			return nil, "", brokenForm(err)
		case part.FormName() != fileField:
			continue
		}
		content, err := io.ReadAll(part)
		switch {
		case err != nil:
			return nil, "", brokenForm(err)
		case len(content) == 0:
			return nil, fieldRequired, nil
		case len(content) > mostDocument:
			return nil, "", problem(payloadTooLarge)
		}
		return content, "", nil
	}
}

// brokenForm is a form of parts that could not be read: too long, or not written as one.
func brokenForm(err error) error {
	if _, long := errors.AsType[*http.MaxBytesError](err); long {
		return problem(payloadTooLarge)
	}
	return problem(validationFailed, FieldError{Field: fileField, Code: fieldFormat})
}
