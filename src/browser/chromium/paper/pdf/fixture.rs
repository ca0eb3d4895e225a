//! Small PDFs, for tests.

/// A file of these objects, numbered from 1; the first is its root.
pub(super) fn pdf(objects: &[&str]) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).bytes());
    }
    let start = file.len();
    file.extend(table.bytes());
    let size = objects.len() + 1;
    let end = format!("trailer\n<</Size {size}\n/Root 1 0 R>>\nstartxref\n{start}\n%%EOF");
    file.extend(end.bytes());
    file
}
