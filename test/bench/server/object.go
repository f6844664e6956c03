package main

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// pattern is what every object repeats: pseudo-random, so that nothing on the way can squeeze it.
var pattern = func() []byte {
	bytes := make([]byte, 1<<20)
	x := uint64(0x9e3779b97f4a7c15)
	for i := range bytes {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		bytes[i] = byte(x)
	}
	return bytes
}()

// checksums by the name of the object that carries them; crc64nvme is CRC-64 with the polynomial of NVMe, reflected.
var checksums = map[string]func() hash.Hash{
	"md5":       md5.New,
	"crc32":     func() hash.Hash { return crc32.NewIEEE() },
	"crc32c":    func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) },
	"crc64nvme": func() hash.Hash { return crc64.New(crc64.MakeTable(0x9a6c9329ac4bc9b5)) },
}

// object is synthetic: its bytes are those of pattern, over and over.
type object struct {
	size     int64
	modified string
	mu       sync.Mutex
	sums     map[string][]byte
}

func newObject(size int64) *object {
	return &object{size: size, modified: time.Now().UTC().Format(http.TimeFormat), sums: map[string][]byte{}}
}

// sum computes a checksum when it is first asked for.
func (o *object) sum(name string) []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	if known := o.sums[name]; known != nil {
		return known
	}
	running := checksums[name]()
	for left := o.size; left > 0; left -= int64(len(pattern)) {
		running.Write(pattern[:min(left, int64(len(pattern)))])
	}
	o.sums[name] = running.Sum(nil)
	return o.sums[name]
}

var single = regexp.MustCompile(`^bytes=(\d+)-(\d*)$`)

// serve gives the object, or one range of it, with the checksum of that name.
func (o *object) serve(w http.ResponseWriter, r *http.Request, checksum string) {
	header := w.Header()
	header.Set("Accept-Ranges", "bytes")
	header.Set("Content-Type", "application/octet-stream")
	header.Set("Last-Modified", o.modified)
	switch _, known := checksums[checksum]; {
	case checksum == "md5":
		header.Set("ETag", `"`+hex.EncodeToString(o.sum("md5"))+`"`)
	case known:
		// As an object that was sent in parts.
		header.Set("ETag", `"`+hex.EncodeToString(pattern[:16])+`-64"`)
		if r.Header.Get("X-Amz-Checksum-Mode") != "" || r.URL.Query().Has("x-amz-checksum-mode") {
			header.Set("X-Amz-Checksum-"+checksum, base64.StdEncoding.EncodeToString(o.sum(checksum)))
			header.Set("X-Amz-Checksum-Type", "FULL_OBJECT")
		}
		if strings.HasPrefix(r.URL.Path, "/storage/") {
			header.Set("X-Goog-Hash", checksum+"="+base64.StdEncoding.EncodeToString(o.sum(checksum)))
			header.Set("X-Goog-Generation", "1")
			header.Set("X-Goog-Stored-Content-Encoding", "identity")
		}
	default:
		header.Set("ETag", `"`+hex.EncodeToString(pattern[:16])+`-64"`)
	}
	start, end, status := int64(0), o.size, http.StatusOK
	if match := single.FindStringSubmatch(r.Header.Get("Range")); match != nil {
		start, _ = strconv.ParseInt(match[1], 10, 64)
		if match[2] != "" {
			last, _ := strconv.ParseInt(match[2], 10, 64)
			end = min(last+1, o.size)
		}
		if start >= o.size || end < start {
			header.Set("Content-Range", "bytes */"+strconv.FormatInt(o.size, 10))
			w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
			return
		}
		status = http.StatusPartialContent
		header.Set("Content-Range", "bytes "+strconv.FormatInt(start, 10)+"-"+strconv.FormatInt(end-1, 10)+"/"+strconv.FormatInt(o.size, 10))
	}
	header.Set("Content-Length", strconv.FormatInt(end-start, 10))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	for start < end {
		at := start % int64(len(pattern))
		piece := pattern[at:min(int64(len(pattern)), at+end-start)]
		if _, err := w.Write(piece); err != nil {
			return
		}
		start += int64(len(piece))
	}
}
