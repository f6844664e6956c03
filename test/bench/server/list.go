package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const prefix = "list/"

// listing holds the keys below list/ as the XML that names them, one entry after the other.
type listing struct {
	entries []string
}

func keyAt(i int) string { return fmt.Sprintf("%s%08d-a-name-of-some-length.bin", prefix, i) }

func newListing(keys int) *listing {
	l := &listing{entries: make([]string, keys)}
	when := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	for i := range l.entries {
		l.entries[i] = "<Contents><Key>" + keyAt(i) + "</Key><LastModified>" + when + "</LastModified><ETag>&quot;" +
			fmt.Sprintf("%032x", i) + "&quot;</ETag><Size>4096</Size><StorageClass>STANDARD</StorageClass></Contents>"
	}
	return l
}

// serve answers ListObjectsV2 for the prefix list/; the continuation token is the number of the next entry.
func (l *listing) serve(w http.ResponseWriter, query url.Values) {
	limit := 1000
	if n, err := strconv.Atoi(query.Get("max-keys")); err == nil {
		limit = min(limit, n)
	}
	from, _ := strconv.Atoi(query.Get("continuation-token"))
	to := min(from+limit, len(l.entries))
	if !strings.HasPrefix(prefix, query.Get("prefix")) {
		from, to = 0, 0
	}
	var out strings.Builder
	out.Grow((to-from)*256 + 512)
	fmt.Fprintf(&out, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+`<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`+
		`<Name>bench</Name><Prefix>%s</Prefix><KeyCount>%d</KeyCount><MaxKeys>%d</MaxKeys>`, query.Get("prefix"), to-from, limit)
	if encoding := query.Get("encoding-type"); encoding != "" {
		out.WriteString("<EncodingType>" + encoding + "</EncodingType>")
	}
	more := to > from && to < len(l.entries)
	fmt.Fprintf(&out, "<IsTruncated>%t</IsTruncated>", more)
	if more {
		fmt.Fprintf(&out, "<NextContinuationToken>%d</NextContinuationToken>", to)
	}
	for _, entry := range l.entries[from:to] {
		out.WriteString(entry)
	}
	out.WriteString("</ListBucketResult>")
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("Content-Length", strconv.Itoa(out.Len()))
	_, _ = w.Write([]byte(out.String()))
}
