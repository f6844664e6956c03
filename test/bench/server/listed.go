package main

import (
	"bufio"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"time"
)

func stamp(at time.Time) string {
	return at.Format("2006-01-02T15:04:05.000Z")
}

func escape(text string) string {
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(text))
	return out.String()
}

func sendXML(w http.ResponseWriter, text string) {
	text = xml.Header + text
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	_, _ = io.WriteString(w, text)
}

// list is ListObjectsV2, and enough of the first version.
func (b *buckets) list(w http.ResponseWriter, bucket string, query url.Values) {
	limit := 1000
	if asked, err := strconv.Atoi(query.Get("max-keys")); err == nil {
		limit = min(asked, 1000)
	}
	prefix, delimiter := query.Get("prefix"), query.Get("delimiter")
	after := max(query.Get("start-after"), query.Get("marker"), query.Get("continuation-token"))
	encode := escape
	if query.Get("encoding-type") == "url" {
		encode = func(key string) string { return strings.ReplaceAll(url.QueryEscape(key), "%2F", "/") }
	}
	b.mu.RLock()
	keys := make([]string, 0, len(b.objects[bucket]))
	for key := range b.objects[bucket] {
		if strings.HasPrefix(key, prefix) && key > after {
			keys = append(keys, key)
		}
	}
	b.mu.RUnlock()
	sort.Strings(keys)
	var found, folders strings.Builder
	count, last, folder := 0, "", ""
	truncated := false
	for _, key := range keys {
		if folder != "" && strings.HasPrefix(key, folder) {
			last = key
			continue
		}
		if count == limit {
			truncated = true
			break
		}
		if at := strings.Index(key[len(prefix):], delimiter); delimiter != "" && at >= 0 {
			folder = key[:len(prefix)+at+len(delimiter)]
			folders.WriteString("<CommonPrefixes><Prefix>" + encode(folder) + "</Prefix></CommonPrefixes>")
		} else if o := b.find(bucket, key); o != nil {
			found.WriteString("<Contents><Key>" + encode(key) + "</Key><LastModified>" + stamp(o.modified) + "</LastModified><ETag>&quot;" + o.etag +
				"&quot;</ETag><Size>" + strconv.FormatInt(o.data.size(), 10) + "</Size><StorageClass>STANDARD</StorageClass></Contents>")
		}
		count++
		last = key
	}
	next := ""
	if truncated {
		next = "<NextContinuationToken>" + escape(last) + "</NextContinuationToken><NextMarker>" + encode(last) + "</NextMarker>"
	}
	encoding := ""
	if query.Get("encoding-type") == "url" {
		encoding = "<EncodingType>url</EncodingType>"
	}
	sendXML(w, `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>`+bucket+"</Name><Prefix>"+encode(prefix)+"</Prefix>"+encoding+
		"<KeyCount>"+strconv.Itoa(count)+"</KeyCount><MaxKeys>"+strconv.Itoa(limit)+"</MaxKeys><IsTruncated>"+strconv.FormatBool(truncated)+"</IsTruncated>"+
		next+found.String()+folders.String()+"</ListBucketResult>")
}

// chunked reads a body in the encoding aws-chunked; its signatures and trailers are passed over.
type chunked struct {
	from *bufio.Reader
	left int64
	done bool
}

func newChunked(body io.Reader) *chunked {
	return &chunked{from: bufio.NewReaderSize(body, 1<<16)}
}

func (c *chunked) Read(into []byte) (int, error) {
	if c.done {
		return 0, io.EOF
	}
	if c.left == 0 {
		line, err := c.from.ReadString('\n')
		if err != nil {
			return 0, err
		}
		size, _, _ := strings.Cut(strings.TrimSpace(line), ";")
		if c.left, err = strconv.ParseInt(size, 16, 64); err != nil {
			return 0, err
		}
		if c.left == 0 {
			c.done = true
			_, err = io.Copy(io.Discard, c.from)
			if err == nil {
				err = io.EOF
			}
			return 0, err
		}
	}
	n, err := c.from.Read(into[:min(int64(len(into)), c.left)])
	c.left -= int64(n)
	if c.left == 0 && err == nil {
		_, err = c.from.Discard(2)
	}
	return n, err
}
