//! Functions of lists: `Fn::Split`, `Fn::Select`, `Fn::Length`.

use serde_json::Value;

use super::{InvalidTemplate, Resolver, text};

impl Resolver<'_> {
    pub(super) fn split(&self, arguments: &[Value]) -> Result<Value, InvalidTemplate> {
        let [delimiter, source] = arguments else {
            return Err(InvalidTemplate::Function("Fn::Split".to_owned()));
        };
        let source = text(&self.value(source)?);
        Ok(source.split(&text(delimiter)).map(Value::from).collect())
    }

    /// An item of a list. The parts of a name that exists only in a stack, such as an ARN, are not known: `{Name[5]}`
    /// stands for one.
    pub(super) fn selected(&self, arguments: &[Value]) -> Result<Value, InvalidTemplate> {
        let wrong = || InvalidTemplate::Function("Fn::Select".to_owned());
        let [index, list] = arguments else {
            return Err(wrong());
        };
        let index: usize = self
            .decided(|| self.value(index))
            .map(|index| text(&index))?
            .parse()
            .map_err(|_| wrong())?;
        let items = self.value(list)?;
        let items = items.as_array().ok_or_else(wrong)?;
        match (items.get(index), list.pointer("/Fn::Split/1")) {
            (Some(item), _) => Ok(item.clone()),
            (None, Some(source)) => {
                Ok(format!("{{{}[{index}]}}", text(&self.value(source)?)).into())
            }
            (None, None) => Err(wrong()),
        }
    }

    pub(super) fn length(&self, list: &Value) -> Result<Value, InvalidTemplate> {
        let wrong = || InvalidTemplate::Function("Fn::Length".to_owned());
        let items = self.decided(|| self.value(list))?;
        Ok(items.as_array().ok_or_else(wrong)?.len().into())
    }
}
