package durable

// CreateBy is Create with another way to link.
func CreateBy(f *File, path string, link func(from, to string) error) error {
	return f.create(path, link)
}
