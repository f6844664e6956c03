package main

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"io"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

// With -store bodies are kept, for benchmarks of transfers: buckets come into being when they are named, every body is hashed (MD5 and
// CRC-32C, both told as S3 does), a checksum that does not fit is refused, and objects are copied, listed and uploaded in parts. It hands out
// what it has in as few pieces as it can, and puts parts together without copying them: the client is what is measured.

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

type kept struct {
	data     content
	etag     string
	crc32c   uint32
	modified time.Time
	mime     string
	meta     map[string]string
}

type upload struct {
	object kept
	parts  map[int]*kept
	// announced uploads have the CRC-32C of the whole as their checksum
	announced bool
}

type buckets struct {
	mu      sync.RWMutex
	objects map[string]map[string]*kept
	uploads map[string]*upload
	last    int
}

func newBuckets() *buckets {
	return &buckets{objects: map[string]map[string]*kept{}, uploads: map[string]*upload{}}
}

func (b *buckets) find(bucket, key string) *kept {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.objects[bucket][key]
}

func (b *buckets) put(bucket, key string, o *kept) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.objects[bucket] == nil {
		b.objects[bucket] = map[string]*kept{}
	}
	b.objects[bucket][key] = o
}

func (b *buckets) serve(w http.ResponseWriter, r *http.Request, bucket, key string) {
	query := r.URL.Query()
	id := query.Get("uploadId")
	switch {
	case key == "" && r.Method == http.MethodGet && query.Has("location"):
		sendXML(w, `<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">us-east-1</LocationConstraint>`)
	case key == "" && r.Method == http.MethodGet:
		b.list(w, bucket, query)
	case key == "" && r.Method == http.MethodPost && query.Has("delete"):
		b.empty(bucket)
		sendXML(w, `<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></DeleteResult>`)
	case key == "" && r.Method == http.MethodDelete:
		b.empty(bucket)
		w.WriteHeader(http.StatusNoContent)
	case key == "":
		w.WriteHeader(http.StatusOK)
	case r.Method == http.MethodPost && query.Has("uploads"):
		b.begin(w, r, bucket, key)
	case r.Method == http.MethodPost && id != "":
		b.complete(w, r, bucket, key, id)
	case r.Method == http.MethodDelete && id != "":
		b.mu.Lock()
		delete(b.uploads, id)
		b.mu.Unlock()
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodDelete:
		b.mu.Lock()
		delete(b.objects[bucket], key)
		b.mu.Unlock()
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodPut && r.Header.Get("X-Amz-Copy-Source") != "":
		b.copy(w, r, bucket, key)
	case r.Method == http.MethodPut:
		b.take(w, r, bucket, key, id)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		if o := b.find(bucket, key); o != nil {
			o.serve(w, r)
			return
		}
		refuse(w, r, http.StatusNotFound, "NoSuchKey", key)
	default:
		refuse(w, r, http.StatusNotImplemented, "NotImplemented", key)
	}
}

// empty drops a bucket's objects: between rounds, so that memory is not what is measured.
func (b *buckets) empty(bucket string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.objects, bucket)
}

// read takes a body to its end and hashes it.
func read(r *http.Request) (*kept, error) {
	body := io.Reader(r.Body)
	size := r.ContentLength
	if strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") || strings.Contains(r.Header.Get("Content-Encoding"), "aws-chunked") {
		body = newChunked(r.Body)
		size, _ = strconv.ParseInt(r.Header.Get("X-Amz-Decoded-Content-Length"), 10, 64)
	}
	var buffer bytes.Buffer
	buffer.Grow(int(max(size, 0)) + bytes.MinRead)
	sum, crc := md5.New(), crc32.New(castagnoli)
	if _, err := io.Copy(io.MultiWriter(&buffer, sum, crc), body); err != nil {
		return nil, err
	}
	o := &kept{data: content{buffer.Bytes()}, etag: hex.EncodeToString(sum.Sum(nil)), crc32c: crc.Sum32(), modified: time.Now().UTC()}
	o.describe(r)
	return o, nil
}

func (o *kept) describe(r *http.Request) {
	o.mime = r.Header.Get("Content-Type")
	for name, values := range r.Header {
		if lower := strings.ToLower(name); strings.HasPrefix(lower, "x-amz-meta-") {
			if o.meta == nil {
				o.meta = map[string]string{}
			}
			o.meta[lower] = values[0]
		}
	}
}

func (o *kept) crc() string {
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, o.crc32c))
}

// take keeps a PUT, as an object or as a part.
func (b *buckets) take(w http.ResponseWriter, r *http.Request, bucket, key, id string) {
	o, err := read(r)
	if err != nil {
		return
	}
	if want := r.Header.Get("Content-Md5"); want != "" {
		if digest, _ := base64.StdEncoding.DecodeString(want); hex.EncodeToString(digest) != o.etag {
			refuse(w, r, http.StatusBadRequest, "BadDigest", key)
			return
		}
	}
	if want := r.Header.Get("X-Amz-Checksum-Crc32c"); want != "" && want != o.crc() {
		refuse(w, r, http.StatusBadRequest, "BadDigest", key)
		return
	}
	if id == "" {
		b.put(bucket, key, o)
		w.Header().Set("X-Amz-Checksum-Crc32c", o.crc())
		w.Header().Set("X-Amz-Checksum-Type", "FULL_OBJECT")
	} else {
		if r.Header.Get("X-Amz-Checksum-Crc32c") != "" {
			w.Header().Set("X-Amz-Checksum-Crc32c", o.crc())
		}
		number, _ := strconv.Atoi(r.URL.Query().Get("partNumber"))
		b.mu.Lock()
		u := b.uploads[id]
		if u != nil {
			u.parts[number] = o
		}
		b.mu.Unlock()
		if u == nil {
			refuse(w, r, http.StatusNotFound, "NoSuchUpload", key)
			return
		}
	}
	w.Header().Set("ETag", `"`+o.etag+`"`)
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusOK)
}

func (b *buckets) copy(w http.ResponseWriter, r *http.Request, bucket, key string) {
	source, _ := url.PathUnescape(strings.TrimPrefix(r.Header.Get("X-Amz-Copy-Source"), "/"))
	from, name, _ := strings.Cut(source, "/")
	o := b.find(from, name)
	if o == nil {
		refuse(w, r, http.StatusNotFound, "NoSuchKey", name)
		return
	}
	copied := *o
	copied.modified = time.Now().UTC()
	b.put(bucket, key, &copied)
	sendXML(w, "<CopyObjectResult><LastModified>"+stamp(copied.modified)+"</LastModified><ETag>&quot;"+o.etag+"&quot;</ETag></CopyObjectResult>")
}

func (b *buckets) begin(w http.ResponseWriter, r *http.Request, bucket, key string) {
	u := &upload{parts: map[int]*kept{}}
	u.object.describe(r)
	b.mu.Lock()
	b.last++
	id := strconv.Itoa(b.last)
	b.uploads[id] = u
	b.mu.Unlock()
	if strings.EqualFold(r.Header.Get("X-Amz-Checksum-Algorithm"), "crc32c") {
		u.announced = true
		w.Header().Set("X-Amz-Checksum-Algorithm", "CRC32C")
		w.Header().Set("X-Amz-Checksum-Type", "FULL_OBJECT")
	}
	sendXML(w, "<InitiateMultipartUploadResult><Bucket>"+bucket+"</Bucket><Key>"+escape(key)+"</Key><UploadId>"+id+"</UploadId></InitiateMultipartUploadResult>")
}

// complete puts the parts together, in order, whatever the request names: it is read for nothing but its end.
func (b *buckets) complete(w http.ResponseWriter, r *http.Request, bucket, key, id string) {
	_, _ = io.Copy(io.Discard, r.Body)
	b.mu.Lock()
	u := b.uploads[id]
	delete(b.uploads, id)
	b.mu.Unlock()
	if u == nil {
		refuse(w, r, http.StatusNotFound, "NoSuchUpload", key)
		return
	}
	numbers := make([]int, 0, len(u.parts))
	for number := range u.parts {
		numbers = append(numbers, number)
	}
	sort.Ints(numbers)
	o := u.object
	sum := md5.New()
	for _, number := range numbers {
		digest, _ := hex.DecodeString(u.parts[number].etag)
		sum.Write(digest)
		for _, piece := range u.parts[number].data {
			o.data = append(o.data, piece)
			o.crc32c = crc32.Update(o.crc32c, castagnoli, piece)
		}
	}
	o.etag = hex.EncodeToString(sum.Sum(nil)) + "-" + strconv.Itoa(len(numbers))
	o.modified = time.Now().UTC()
	b.put(bucket, key, &o)
	told := ""
	if u.announced {
		told = "<ChecksumCRC32C>" + o.crc() + "</ChecksumCRC32C><ChecksumType>FULL_OBJECT</ChecksumType>"
	}
	sendXML(w, "<CompleteMultipartUploadResult><Bucket>"+bucket+"</Bucket><Key>"+escape(key)+"</Key><ETag>&quot;"+o.etag+"&quot;</ETag>"+told+"</CompleteMultipartUploadResult>")
}

func (o *kept) serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("ETag", `"`+o.etag+`"`)
	if o.mime != "" {
		header.Set("Content-Type", o.mime)
	}
	for name, value := range o.meta {
		header.Set(name, value)
	}
	if r.Header.Get("X-Amz-Checksum-Mode") != "" && r.Header.Get("Range") == "" {
		header.Set("X-Amz-Checksum-Crc32c", o.crc())
		header.Set("X-Amz-Checksum-Type", "FULL_OBJECT")
	}
	if r.Method == http.MethodHead || isConditional(r) {
		http.ServeContent(w, r, "", o.modified, io.NewSectionReader(o.data, 0, o.data.size()))
		return
	}
	header.Set("Accept-Ranges", "bytes")
	header.Set("Last-Modified", o.modified.Format(http.TimeFormat))
	header.Set("Content-Length", strconv.FormatInt(o.data.size(), 10))
	_, _ = o.data.WriteTo(w)
}

// isConditional tells requests for a part, or with a condition, from those for all.
func isConditional(r *http.Request) bool {
	for _, name := range []string{"Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"} {
		if r.Header.Get(name) != "" {
			return true
		}
	}
	return false
}
